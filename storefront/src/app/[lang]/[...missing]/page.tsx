import { notFound } from "next/navigation";

/** Addresses of no page get the shop's own «not found». */
export default function Missing(): never {
  notFound();
}
