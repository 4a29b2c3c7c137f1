# ruby-jwt in a Rack application, under puma.
require 'json'
require 'jwt'

run lambda { |env|
  token = env['HTTP_AUTHORIZATION'].to_s.sub(/\ABearer /, '')
  begin
    JWT.decode(token, ENV['KEY'], true, algorithm: ENV['ALG'], iss: ENV['ISS'], verify_iss: true,
                                        aud: ENV['AUD'], verify_aud: true)
    [200, { 'content-type' => 'application/json' }, [{ ok: true }.to_json]]
  rescue JWT::DecodeError => e
    [401, { 'content-type' => 'application/json' }, [{ error: e.message }.to_json]]
  end
}
