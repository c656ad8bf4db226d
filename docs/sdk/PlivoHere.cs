using System;
using Plivo;
using Plivo.Authentication;

/// <summary>
/// Sends the masking requests of the official .NET SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
///
///   var api = PlivoHere.Route(new PlivoApi(authId, authToken), authId, authToken);
///
/// PLIVO_API_URL: the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo.
/// PLIVO_API_RECORDINGS, true: recordings are asked for there too.
/// </summary>
public static class PlivoHere
{
    /// <summary>The proxy, if there is one, is that of the program: these requests do not go through one given to PlivoApi.</summary>
    public static PlivoApi Route(PlivoApi api, string authId, string authToken)
    {
        var here = Environment.GetEnvironmentVariable("PLIVO_API_URL");
        if (string.IsNullOrEmpty(here)) return api;
        Uri url;
        if (!Uri.TryCreate(here, UriKind.Absolute, out url) || (url.Scheme != "http" && url.Scheme != "https"))
            throw new ArgumentException("PLIVO_API_URL: expected an http or https address");

        // Each resource of the SDK has the client that it is asked through; its timeouts are set by SetTimeout of that client.
        var client = new Plivo.Client.HttpClient(
            new BasicAuth(authId, authToken), baseUri: url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/v1");
        api.MaskingSession.Client = client;
        if (Environment.GetEnvironmentVariable("PLIVO_API_RECORDINGS") == "true") api.Recording.Client = client;
        return api;
    }
}
