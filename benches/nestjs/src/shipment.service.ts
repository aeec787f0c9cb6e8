import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ShipmentEvent, ShipmentResponse, Timestamp, UpdateStatusRequest } from './contract';
import { EventBus } from './event-bus';
import { now, ShipmentStore, STORE } from './store';

class EntityNotFoundError extends Error {
  override readonly name = 'EntityNotFoundError';
}

class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

@Injectable()
export class ShipmentService {
  constructor(
    @Inject(STORE) private readonly store: ShipmentStore,
    private readonly bus: EventBus,
  ) {}

  async findById(id: string): Promise<ShipmentResponse> {
    const shipment = this.store.find(id);
    if (!shipment) {
      throw new EntityNotFoundError(`shipment ${id} not found`);
    }
    return shipment;
  }

  async updateStatus(request: UpdateStatusRequest): Promise<ShipmentResponse> {
    await this.findById(request.shipment_id);
    return this.processEvent({
      event_id: randomUUID(),
      shipment_id: request.shipment_id,
      status: request.status,
      location: request.location,
      timestamp: now(),
      notes: request.notes,
    });
  }

  async processEvent(event: ShipmentEvent): Promise<ShipmentResponse> {
    if (!event.event_id || !event.shipment_id || event.status === 'SHIPMENT_STATUS_UNSPECIFIED') {
      throw new ValidationError('event_id, shipment_id and status must be set');
    }
    const shipment = this.store.apply(event);
    this.bus.next(event);
    return shipment;
  }

  eventsSince(ids: string[], since: Timestamp): ShipmentEvent[] {
    return this.store.eventsSince(ids, since);
  }
}
