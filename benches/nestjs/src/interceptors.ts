import { CallHandler, ExecutionContext, Injectable, Logger, NestInterceptor } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { catchError, finalize, Observable, tap, throwError } from 'rxjs';

/** A span for every call, in the trace of the caller. */
@Injectable()
export class TracingInterceptor implements NestInterceptor {
  private readonly tracer = trace.getTracer('shipment');

  intercept(execution: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const metadata = execution.switchToRpc().getContext<Metadata>();
    const carrier: Record<string, string> = {};
    for (const [key, value] of Object.entries(metadata?.getMap?.() ?? {})) {
      carrier[key] = String(value);
    }
    const parent = propagation.extract(context.active(), carrier);
    return context.with(parent, () => {
      const span = this.tracer.startSpan(`grpc.${execution.getClass().name}/${execution.getHandler().name}`);
      span.setAttribute('rpc.system', 'grpc');
      span.setAttribute('rpc.service', execution.getClass().name);
      span.setAttribute('rpc.method', execution.getHandler().name);
      // One chain instead of an inner `subscribe`, so that errors and unsubscription pass through.
      return handler.handle().pipe(
        tap({
          next: () => span.setStatus({ code: SpanStatusCode.OK }),
          error: (error) => {
            span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
            span.recordException(error);
          },
        }),
        finalize(() => span.end()),
      );
    });
  }
}

/** A line in the log for every answer. */
@Injectable()
export class LoggingInterceptor implements NestInterceptor {
  private readonly logger = new Logger('gRPC');

  intercept(execution: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const method = `${execution.getClass().name}.${execution.getHandler().name}`;
    const start = performance.now();
    const elapsed = () => (performance.now() - start).toFixed(2);
    return handler.handle().pipe(
      tap({
        complete: () => this.logger.log(`${method} completed in ${elapsed()}ms`),
        error: (error) => this.logger.error(`${method} failed in ${elapsed()}ms: ${error.message}`),
      }),
    );
  }
}

/** Errors of the application as gRPC statuses. */
@Injectable()
export class ErrorInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, handler: CallHandler): Observable<unknown> {
    return handler.handle().pipe(
      catchError((error) => throwError(() => (error instanceof RpcException ? error : new RpcException(describe(error))))),
    );
  }
}

function describe(error: { name?: string; message: string }): { code: number; message: string } {
  switch (error.name) {
    case 'ValidationError':
      return { code: status.INVALID_ARGUMENT, message: `Validation failed: ${error.message}` };
    case 'EntityNotFoundError':
      return { code: status.NOT_FOUND, message: error.message };
    default:
      return { code: status.INTERNAL, message: 'Internal server error' };
  }
}
