import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { PassThroughClient } from 'google-auth-library';
import { GoogleAuth, grpc } from 'google-gax';

/** Google's own client for an embedded Secret Manager, without credentials. */
export function secretManagerClient(
  transport: 'rest' | 'grpc',
  { host, port }: { host: string; port: number },
): SecretManagerServiceClient {
  const authClient = new PassThroughClient();
  const common = { projectId: 'unused', apiEndpoint: host, port };
  return transport === 'rest'
    ? new SecretManagerServiceClient({ ...common, fallback: true, protocol: 'http', authClient })
    : new SecretManagerServiceClient({
        ...common,
        auth: new GoogleAuth({ authClient }),
        sslCreds: grpc.credentials.createInsecure(),
        'grpc.enable_http_proxy': 0,
      });
}
