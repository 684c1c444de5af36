CREATE TYPE "order_status" AS ENUM ('awaiting_payment', 'paid', 'cancelled', 'refunded');

CREATE TABLE "category" (
  "id" TEXT PRIMARY KEY,
  "position" INTEGER NOT NULL,
  "name" JSONB NOT NULL,
  "summary" JSONB NOT NULL
);

CREATE TABLE "product" (
  "id" TEXT PRIMARY KEY,
  "category_id" TEXT NOT NULL REFERENCES "category" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "position" INTEGER NOT NULL,
  "brand" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "price" INTEGER NOT NULL CHECK ("price" > 0),
  "sale_price" INTEGER CHECK ("sale_price" > 0 AND "sale_price" < "price"),
  -- The last guard against selling what is not there.
  "stock" INTEGER NOT NULL CHECK ("stock" >= 0),
  "featured" BOOLEAN NOT NULL DEFAULT false,
  "summary" JSONB NOT NULL,
  "description" JSONB NOT NULL,
  "specs" JSONB NOT NULL,
  "search_text" TEXT NOT NULL
);
CREATE INDEX "product_category_id_position_idx" ON "product" ("category_id", "position");

CREATE TABLE "cart" (
  "id" UUID PRIMARY KEY,
  "customer_id" TEXT UNIQUE,
  "updated_at" TIMESTAMPTZ(3) NOT NULL
);

CREATE TABLE "cart_line" (
  "cart_id" UUID NOT NULL REFERENCES "cart" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "product_id" TEXT NOT NULL REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "quantity" INTEGER NOT NULL CHECK ("quantity" BETWEEN 1 AND 10),
  "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("cart_id", "product_id")
);

CREATE TABLE "wish" (
  "cart_id" UUID NOT NULL REFERENCES "cart" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "product_id" TEXT NOT NULL REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("cart_id", "product_id")
);

CREATE TABLE "order" (
  "id" TEXT PRIMARY KEY,
  -- Made with the checkout page: a form that is sent twice is one order.
  "checkout_id" UUID NOT NULL UNIQUE,
  "customer_id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "status" "order_status" NOT NULL DEFAULT 'awaiting_payment',
  "recipient" TEXT NOT NULL,
  "phone" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "city" TEXT NOT NULL,
  "subtotal" BIGINT NOT NULL,
  "discount" BIGINT NOT NULL,
  "shipping" BIGINT NOT NULL,
  "tax" BIGINT NOT NULL,
  "total" BIGINT NOT NULL,
  "placed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "paid_at" TIMESTAMPTZ(3)
);
CREATE INDEX "order_customer_id_placed_at_idx" ON "order" ("customer_id", "placed_at");
CREATE INDEX "order_awaiting_idx" ON "order" ("placed_at") WHERE "status" = 'awaiting_payment';

CREATE TABLE "order_line" (
  "order_id" TEXT NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "product_id" TEXT NOT NULL REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  "name" TEXT NOT NULL,
  "brand" TEXT NOT NULL,
  "category" TEXT NOT NULL,
  "list_price" INTEGER NOT NULL,
  "unit_price" INTEGER NOT NULL,
  "quantity" INTEGER NOT NULL CHECK ("quantity" > 0),
  PRIMARY KEY ("order_id", "product_id")
);
