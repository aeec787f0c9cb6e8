import Database from 'better-sqlite3';
import { ShipmentEvent, ShipmentResponse, Timestamp } from './contract';
import { next, ShipmentStore } from './store';

/** One transaction for an event, flushed before it is answered: WAL with `synchronous = FULL`. */
export class SqliteStore implements ShipmentStore {
  private readonly shipments = new Map<string, ShipmentResponse>();
  private readonly database: Database.Database;
  private readonly write: (shipment: ShipmentResponse, event: ShipmentEvent) => number;

  constructor(path: string) {
    this.database = new Database(path);
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.exec(`
      CREATE TABLE IF NOT EXISTS shipments (id TEXT PRIMARY KEY, status TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS events (
        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, shipment TEXT NOT NULL, seconds INTEGER NOT NULL, body TEXT NOT NULL
      );
    `);
    const insert = this.database.prepare('INSERT INTO events (id, shipment, seconds, body) VALUES (?, ?, ?, ?)');
    const upsert = this.database.prepare(
      'INSERT INTO shipments VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, state = excluded.state',
    );
    this.write = this.database.transaction((shipment: ShipmentResponse, event: ShipmentEvent) => {
      const { history: _, ...state } = shipment;
      upsert.run(shipment.shipment_id, shipment.status, JSON.stringify(state));
      const seconds = Number(event.timestamp?.seconds ?? 0);
      return Number(insert.run(event.event_id, event.shipment_id, seconds, JSON.stringify(event)).lastInsertRowid);
    });
    for (const row of this.database.prepare('SELECT state FROM shipments').iterate() as Iterable<{ state: string }>) {
      const shipment = { ...JSON.parse(row.state), history: [] } as ShipmentResponse;
      this.shipments.set(shipment.shipment_id, shipment);
    }
    for (const row of this.database.prepare('SELECT body FROM events ORDER BY sequence').iterate() as Iterable<{ body: string }>) {
      const event = JSON.parse(row.body) as ShipmentEvent;
      this.shipments.get(event.shipment_id)?.history.push(event);
    }
  }

  find(id: string): ShipmentResponse | undefined {
    return this.shipments.get(id);
  }

  apply(event: ShipmentEvent): ShipmentResponse {
    const before = this.shipments.get(event.shipment_id);
    const known = this.database.prepare('SELECT 1 FROM events WHERE id = ?').get(event.event_id);
    if (before && known) {
      return before;
    }
    const shipment = next(before, event);
    this.shipments.set(event.shipment_id, shipment);
    event.sequence = String(this.write(shipment, event));
    return shipment;
  }

  eventsSince(ids: string[], since: Timestamp): ShipmentEvent[] {
    const rows = this.database.prepare('SELECT body FROM events WHERE seconds >= ? ORDER BY sequence').all(Number(since.seconds));
    const wanted = new Set(ids);
    const events = (rows as { body: string }[]).map((row) => JSON.parse(row.body) as ShipmentEvent);
    return events.filter((event) => wanted.size === 0 || wanted.has(event.shipment_id));
  }
}
