# Sends the masking requests of the official Ruby SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
#
#   require_relative 'plivo_here'      before the first client is made
#
# PLIVO_API_URL         the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo
# PLIVO_API_RECORDINGS  true: recordings are asked for there too
require 'uri'
require 'plivo'

module PlivoHere
  BASE = ENV.fetch('PLIVO_API_URL', '')
  RESOURCES = ENV['PLIVO_API_RECORDINGS'] == 'true' ? 'Masking|Recording' : 'Masking'
  ROUTED = %r{\A/+(v1/Account/[^/]+/+(?:#{RESOURCES})/.*)\z}m

  # In front of the client's own connections: credentials, headers and timeouts stay those of the SDK.
  class Middleware < Faraday::Middleware
    def initialize(app)
      super(app)
      @base = URI.parse(BASE)
    end

    def call(env)
      url = env[:url]
      path = ROUTED.match(url.path) if url.host == 'api.plivo.com'
      if path
        prefix = @base.path.sub(%r{/+\z}, '')
        env[:url] = @base.class.build(host: @base.host, port: @base.port, path: "#{prefix}/#{path[1]}", query: url.query)
      end
      @app.call(env)
    end
  end

  # The SDK asks for the exact class of its client, so it is not subclassed; this adds to the one method that makes its connections.
  module Connections
    private

    def configure_connection
      super
      [@conn, @voice_conn_no_retry, @voice_conn_retry_1, @voice_conn_retry_2].compact.each do |connection|
        connection.builder.insert(0, Middleware)
      end
    end
  end

  unless BASE.empty?
    raise ArgumentError, 'PLIVO_API_URL: expected an http or https address' unless URI.parse(BASE).is_a?(URI::HTTP)

    Plivo::BaseClient.prepend(Connections)
  end
end
