import { ShipmentEvent, ShipmentResponse, Timestamp } from './contract';

/** As many events as the generated service puts into an answer. */
const HISTORY_LIMIT = 500;

export const STORE = Symbol('STORE');

/** Where shipments are kept. */
export interface ShipmentStore {
  find(id: string): ShipmentResponse | undefined;
  /** Applies an event; the first one of a shipment makes it. Events that are known are not applied again. */
  apply(event: ShipmentEvent): ShipmentResponse;
  eventsSince(ids: string[], since: Timestamp): ShipmentEvent[];
}

export function now(): Timestamp {
  const millis = Date.now();
  return { seconds: String(Math.floor(millis / 1000)), nanos: (millis % 1000) * 1_000_000 };
}

/** What a shipment becomes by an event. */
export function next(before: ShipmentResponse | undefined, event: ShipmentEvent): ShipmentResponse {
  const at = now();
  const shipment = before ?? {
    shipment_id: event.shipment_id,
    status: event.status,
    origin: event.location,
    destination: event.destination,
    history: [],
    created_at: at,
    updated_at: at,
  };
  shipment.status = event.status;
  shipment.updated_at = at;
  shipment.history.push(event);
  if (shipment.history.length > HISTORY_LIMIT) {
    shipment.history.shift();
  }
  return shipment;
}

/** Forgets everything when the process ends. */
export class MemoryStore implements ShipmentStore {
  private readonly shipments = new Map<string, ShipmentResponse>();
  private readonly known = new Set<string>();
  private readonly log: ShipmentEvent[] = [];

  find(id: string): ShipmentResponse | undefined {
    return this.shipments.get(id);
  }

  apply(event: ShipmentEvent): ShipmentResponse {
    const before = this.shipments.get(event.shipment_id);
    if (before && this.known.has(event.event_id)) {
      return before;
    }
    const shipment = next(before, event);
    this.shipments.set(event.shipment_id, shipment);
    this.known.add(event.event_id);
    event.sequence = String(this.log.push(event));
    return shipment;
  }

  eventsSince(ids: string[], since: Timestamp): ShipmentEvent[] {
    const wanted = new Set(ids);
    return this.log.filter(
      (event) =>
        (wanted.size === 0 || wanted.has(event.shipment_id)) &&
        Number(event.timestamp?.seconds ?? 0) >= Number(since.seconds),
    );
  }
}
