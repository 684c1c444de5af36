/** The collector's wire format, made from its OpenAPI document. */
import type { components } from "./generated/collector.js";

type Schemas = components["schemas"];

/** One event, as `POST /clickstream` takes it. */
export type Event = Schemas["Event"];
/** Several events with the moment at which they were sent. */
export type Envelope = Schemas["Envelope"];
/** The body of a request. */
export type Body = Event | Event[] | Envelope;
/** The answer once the valid events are durably stored. */
export type Stored = Schemas["Stored"];
/** An event that was not taken, and why. */
export type Rejected = Schemas["Rejected"];
/** What went wrong; `type` tells which. */
export type Problem = Schemas["Problem"];

export type Product = Schemas["Product"];
export type Item = Schemas["Item"];
export type Element = Schemas["Element"];
export type Order = Schemas["Order"];
export type Search = Schemas["Search"];
export type Size = Schemas["Size"];
export type Engagement = Schemas["Engagement"];
export type Consent = Schemas["Consent"];
export type Sdk = Schemas["Sdk"];
