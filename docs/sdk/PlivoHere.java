import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends the masking requests of the official Java SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
 *
 * <pre>Plivo.init(authId, authToken, PlivoHere.client());</pre>
 *
 * PLIVO_API_URL: the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo.
 * PLIVO_API_RECORDINGS, true: recordings are asked for there too.
 */
public final class PlivoHere implements Interceptor {
  private final HttpUrl base;
  private final Pattern routed;

  /** For a client of one's own: builder.addInterceptor(new PlivoHere(url, false)). */
  public PlivoHere(String here, boolean withRecordings) {
    base = HttpUrl.parse(here);
    if (base == null) throw new IllegalArgumentException("PLIVO_API_URL: expected an http or https address");
    routed = Pattern.compile("^/+v1/Account/[^/]+/+(" + (withRecordings ? "Masking|Recording" : "Masking") + ")/.*");
  }

  /** With the timeout that the SDK gives its own client. */
  public static OkHttpClient.Builder client() {
    OkHttpClient.Builder builder = new OkHttpClient.Builder().connectTimeout(5, TimeUnit.SECONDS);
    String here = System.getenv("PLIVO_API_URL");
    if (here != null && !here.isEmpty())
      builder.addInterceptor(new PlivoHere(here, "true".equals(System.getenv("PLIVO_API_RECORDINGS"))));
    return builder;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    HttpUrl url = request.url();
    String path = url.encodedPath();
    if (!url.host().equals("api.plivo.com") || !routed.matcher(path).matches()) return chain.proceed(request);
    String prefix = base.encodedPath().replaceAll("/+$", "");
    HttpUrl target = url.newBuilder()
      .scheme(base.scheme())
      .host(base.host())
      .port(base.port())
      .encodedPath(prefix + "/" + path.replaceAll("^/+", ""))
      .build();
    return chain.proceed(request.newBuilder().url(target).build());
  }
}
