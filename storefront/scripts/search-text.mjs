/** Text as it is searched: small letters without accents, so that "man hinh" finds "màn hình". */
export function searchable(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}
