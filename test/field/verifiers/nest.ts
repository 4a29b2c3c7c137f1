import 'reflect-metadata';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Module,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { listening, type StartVerifier } from './verifier.js';

/** The guard of Nest's own documentation. */
class AuthGuard implements CanActivate {
  readonly #jwt: JwtService;

  constructor(jwt: JwtService) {
    this.#jwt = jwt;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    const [type, token = ''] = headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer') throw new UnauthorizedException();
    try {
      await this.#jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
Reflect.defineMetadata('design:paramtypes', [JwtService], AuthGuard);

class MeController {
  me(): { ok: boolean } {
    return { ok: true };
  }
}
const route = Object.getOwnPropertyDescriptor(MeController.prototype, 'me');
if (route !== undefined) {
  Get('me')(MeController.prototype, 'me', route);
  UseGuards(AuthGuard)(MeController.prototype, 'me', route);
}
Controller()(MeController);

class AppModule {}
Module({})(AppModule);

/** NestJS with @nestjs/jwt. */
export const nest: StartVerifier = async ({ key, algorithm, issuer, audience }) => {
  const module: DynamicModule = {
    module: AppModule,
    imports: [
      JwtModule.register({ secret: key, verifyOptions: { algorithms: [algorithm], issuer, audience } }),
    ],
    controllers: [MeController],
    providers: [AuthGuard],
  };
  const app = await NestFactory.create(module, { logger: false });
  await app.init();
  const server = app.getHttpServer();
  return listening(server, () => {});
};
