import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { join } from 'node:path';
import { AppModule } from './app.module';

async function bootstrap(): Promise<void> {
  const proto = join(__dirname, '../../../proto');
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
    transport: Transport.GRPC,
    options: {
      package: 'logistics.shipment.v1',
      protoPath: join(proto, 'logistics/shipment/v1/shipment.proto'),
      url: process.env.LISTEN ?? '127.0.0.1:50051',
      loader: { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true, includeDirs: [proto] },
      channelOptions: {
        'grpc.max_receive_message_length': 4 * 1024 * 1024,
        'grpc.max_send_message_length': 4 * 1024 * 1024,
        'grpc.keepalive_time_ms': 10_000,
        'grpc.keepalive_timeout_ms': 5_000,
        'grpc.keepalive_permit_without_calls': 1,
        'grpc.max_concurrent_streams': 1_000,
      },
    },
  });
  await app.listen();
  console.log('serving');
}

void bootstrap();
