type Text = { en: string; vi: string };

export interface CatalogueProduct {
  id: string;
  brand: string;
  name: string;
  price: number;
  salePrice?: number;
  stock: number;
  featured?: boolean;
  picture: { shape: string; colour: string };
  summary: Text;
  description: Text;
  specs: Record<string, Text>;
}

export function readCatalogue(): Promise<{ id: string; name: Text; summary: Text; products: CatalogueProduct[] }[]>;
