export function picture(product: { id: string; picture: { shape: string; colour: string } }): string;
