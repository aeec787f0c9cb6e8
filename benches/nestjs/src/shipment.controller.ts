import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod } from '@nestjs/microservices';
import { concat, concatMap, filter, from, Observable, reduce } from 'rxjs';
import {
  BulkIngestResponse,
  GetShipmentRequest,
  ShipmentEvent,
  ShipmentResponse,
  StreamUpdatesRequest,
  UpdateStatusRequest,
} from './contract';
import { EventBus } from './event-bus';
import { ShipmentService } from './shipment.service';

const SERVICE = 'ShipmentTrackingService';

@Controller()
export class ShipmentController {
  constructor(
    private readonly shipments: ShipmentService,
    private readonly bus: EventBus,
  ) {}

  @GrpcMethod(SERVICE, 'GetShipment')
  getShipment(request: GetShipmentRequest): Promise<ShipmentResponse> {
    return this.shipments.findById(request.shipment_id);
  }

  @GrpcMethod(SERVICE, 'UpdateStatus')
  updateStatus(request: UpdateStatusRequest): Promise<ShipmentResponse> {
    return this.shipments.updateStatus(request);
  }

  // An Observable and not an async generator, which NestJS 11 does not turn into a stream.
  @GrpcMethod(SERVICE, 'StreamUpdates')
  streamUpdates(request: StreamUpdatesRequest): Observable<ShipmentEvent> {
    const wanted = new Set(request.shipment_ids);
    const live = this.bus.pipe(filter((event) => wanted.size === 0 || wanted.has(event.shipment_id)));
    if (!request.since) {
      return live;
    }
    return concat(from(this.shipments.eventsSince(request.shipment_ids, request.since)), live);
  }

  // `concatMap` and not an async `next`, which would answer before the last events are stored.
  @GrpcStreamMethod(SERVICE, 'BulkIngest')
  bulkIngest(events: Observable<ShipmentEvent>): Observable<BulkIngestResponse> {
    const none: BulkIngestResponse = { accepted: 0, rejected: 0, failed_event_ids: [] };
    return events.pipe(
      concatMap(async (event) => {
        try {
          await this.shipments.processEvent(event);
          return undefined;
        } catch {
          return event.event_id;
        }
      }),
      reduce((sum, failed) => {
        if (failed === undefined) {
          sum.accepted++;
        } else {
          sum.rejected++;
          sum.failed_event_ids.push(failed);
        }
        return sum;
      }, none),
    );
  }
}
