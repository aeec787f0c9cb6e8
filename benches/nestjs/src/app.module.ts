import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { EventBus } from './event-bus';
import { ErrorInterceptor, LoggingInterceptor, TracingInterceptor } from './interceptors';
import { ShipmentController } from './shipment.controller';
import { ShipmentService } from './shipment.service';
import { SqliteStore } from './sqlite-store';
import { MemoryStore, STORE } from './store';

@Module({
  controllers: [ShipmentController],
  providers: [
    EventBus,
    ShipmentService,
    {
      provide: STORE,
      useFactory: () => (process.env.SQLITE ? new SqliteStore(process.env.SQLITE) : new MemoryStore()),
    },
    { provide: APP_INTERCEPTOR, useClass: TracingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: LoggingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ErrorInterceptor },
  ],
})
export class AppModule {}
