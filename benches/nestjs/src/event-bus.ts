import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import { ShipmentEvent } from './contract';

/** Hands events to the streams of this process. */
@Injectable()
export class EventBus extends Subject<ShipmentEvent> {}
