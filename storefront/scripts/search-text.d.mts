export function searchable(text: string): string;
