/** The bank. The shop has a test bank alone: it moves no money. */
export interface Card {
  number: string;
  expiry: string;
  code: string;
}

export interface Bank {
  /** Whether the bank approves. The same order is charged once. */
  charge(orderId: string, amount: number, card: Card): Promise<boolean>;
}

const DECLINED = "4000000000000002";

export const testBank: Bank = {
  charge: (_orderId, _amount, card) => Promise.resolve(card.number.replace(/\s/g, "") !== DECLINED),
};

/** Names of the card's fields that cannot be right. */
export function wrongFields(card: Card, now = new Date()): (keyof Card)[] {
  const wrong: (keyof Card)[] = [];
  if (!isCardNumber(card.number.replace(/[\s-]/g, ""))) wrong.push("number");
  const expiry = /^(0[1-9]|1[0-2])\s*\/\s*(\d\d)$/.exec(card.expiry.trim());
  if (!expiry || new Date(Date.UTC(2000 + Number(expiry[2]), Number(expiry[1]))) <= now) wrong.push("expiry");
  if (!/^\d{3,4}$/.test(card.code.trim())) wrong.push("code");
  return wrong;
}

/** The check digit (Luhn). */
function isCardNumber(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((all, digit, at) => {
    const value = Number(digit) * (at % 2 ? 2 : 1);
    return all + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
