// The messages of the contract as `@grpc/proto-loader` gives them with the options of `main.ts`.

export interface Timestamp {
  seconds: string;
  nanos: number;
}

export interface Location {
  latitude: number;
  longitude: number;
  address?: string;
  city?: string;
  country_code?: string;
}

export interface ShipmentEvent {
  event_id: string;
  shipment_id: string;
  status: string;
  location?: Location | null;
  timestamp?: Timestamp | null;
  notes?: string;
  destination?: Location | null;
  sequence?: string;
}

export interface ShipmentResponse {
  shipment_id: string;
  status: string;
  origin?: Location | null;
  destination?: Location | null;
  history: ShipmentEvent[];
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface GetShipmentRequest {
  shipment_id: string;
}

export interface UpdateStatusRequest {
  shipment_id: string;
  status: string;
  location?: Location | null;
  notes: string;
}

export interface StreamUpdatesRequest {
  shipment_ids: string[];
  since?: Timestamp | null;
}

export interface BulkIngestResponse {
  accepted: number;
  rejected: number;
  failed_event_ids: string[];
}
