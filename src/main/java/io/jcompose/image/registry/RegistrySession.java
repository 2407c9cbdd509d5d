package io.jcompose.image.registry;

import io.jcompose.image.Printable;
import io.jcompose.image.registry.CallFailure.Refused;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The talk with one registry or mirror: retries, logins, redirects. A login goes to the registry
 * itself and to nobody else, wherever it redirects to.
 */
final class RegistrySession {
  private static final int MOST_REDIRECTS = 5;

  private final Connections connections;
  private final Authorizer authorizer;
  private final WireLimits limits;
  private final String host;
  private Optional<URI> base;
  private volatile boolean answered;

  /**
   * @param registry the name for which credentials are kept
   * @param base the registry's address; empty if TLS or not is to be found out
   * @param host with its port, as in references
   */
  RegistrySession(
      Connections connections,
      RegistrySettings settings,
      String registry,
      String host,
      Optional<URI> base) {
    this.connections = connections;
    this.authorizer = new Authorizer(connections, settings, registry);
    this.limits = settings.limits();
    this.host = host;
    this.base = base;
  }

  /** Host and port. */
  String host() {
    return host;
  }

  Authorizer authorizer() {
    return authorizer;
  }

  <T> T call(RegistryCall<T> call) throws CallFailure, InterruptedException {
    URI about = URI.create("https://" + host);
    return new Retries(limits)
        .run(
            about,
            () -> answered,
            new Retries.Attempt<T>() {
              @Override
              public T run() throws IOException, InterruptedException, Refused {
                try (Response response = authorized(call)) {
                  return call.receive(response);
                }
              }

              @Override
              public long progress() {
                return call.progress();
              }

              @Override
              public void retrying(Duration wait, String why) {
                call.retrying(wait, why);
              }
            });
  }

  /** Like {@link #call}, but tried once. */
  <T> T once(RegistryCall<T> call) throws CallFailure, InterruptedException {
    try (Response response = authorized(call)) {
      return call.receive(response);
    } catch (InterruptedIOException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (IOException e) {
      throw new CallFailure.Unreachable(URI.create("https://" + host), e);
    }
  }

  /** A successful answer. */
  private Response authorized(RegistryCall<?> call)
      throws IOException, InterruptedException, Refused {
    URI origin = base();
    Optional<String> authorization = authorizer.header(call.scope());
    Response response = follow(call, origin, authorization);
    if (response.status() == 401 && Hosts.sameOrigin(response.uri(), origin)) {
      List<Challenge> challenges =
          Challenge.parse(response.headers().allValues("WWW-Authenticate"));
      RegistryAnswer refusal = RegistryAnswer.read(response, limits);
      Optional<String> other =
          authorizer.answer(origin, challenges, call.scope(), authorization);
      if (other.isEmpty()) {
        throw new Refused(refusal);
      }
      response = follow(call, origin, other);
    }
    if (!response.isSuccess()) {
      throw new Refused(RegistryAnswer.read(response, limits));
    }
    return response;
  }

  private Response follow(RegistryCall<?> call, URI origin, Optional<String> authorization)
      throws IOException, InterruptedException {
    URI target = call.address().orElseGet(() -> URI.create(origin + "/v2/" + call.path()));
    // an upload may go elsewhere: without the login, and with TLS unless this machine may do without
    boolean atHome = Hosts.sameOrigin(target, origin);
    if (!atHome) {
      target = redirection(origin, target.toString());
    }
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      Map<String, String> headers = new HashMap<>(call.headers());
      if (atHome) {
        authorization.ifPresent(value -> headers.put("Authorization", value));
      }
      var body = call.body();
      Response response =
          body.isEmpty()
              ? connections.send(call.method(), target, headers, Optional.empty())
              : connections.upload(call.method(), target, headers, body, Optional.empty());
      answered = true;
      Optional<String> location = response.header("Location");
      if (response.status() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      try (response) {
        response.bodyUpTo(limits.answerBytes()); // read to its end, the connection can be used again
      }
      URI next = redirection(target, location.get());
      atHome = atHome && Hosts.sameOrigin(next, origin);
      target = next;
    }
    throw new RegistryException(
        RegistryException.Reason.FAILED,
        host + " redirects more than " + MOST_REDIRECTS + " times for " + call.path());
  }

  private URI redirection(URI from, String location) {
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw badRedirect(from, location);
    }
    boolean tls = "https".equalsIgnoreCase(next.getScheme());
    boolean plain =
        "http".equalsIgnoreCase(next.getScheme())
            && ("http".equals(from.getScheme())
                || connections.isInsecure(from) && connections.isInsecure(next));
    if (next.getHost() == null || !(tls || plain)) {
      throw badRedirect(from, location);
    }
    return next;
  }

  private static RegistryException badRedirect(URI from, String location) {
    return new RegistryException(
        RegistryException.Reason.FAILED,
        from.getAuthority()
            + " redirects to \""
            + Printable.text(location)
            + "\", which is not an https address: refused");
  }

  /**
   * A registry that may be insecure is asked by TLS first, as Docker does; plain HTTP only when that
   * is not what it speaks. Some servers of plain HTTP say nothing at all to a TLS greeting, so the
   * wait is a short one.
   */
  private synchronized URI base() throws IOException, InterruptedException {
    if (base.isPresent()) {
      return base.get();
    }
    URI tls = URI.create("https://" + host);
    URI found = tls;
    if (connections.isInsecure(tls)) {
      try (Response answer =
          connections.send(
              "GET", URI.create(tls + "/v2/"), Map.of(), Optional.empty(), limits.connect())) {
        answer.bodyUpTo(limits.answerBytes());
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException notTls) {
        found = URI.create("http://" + host);
      }
    }
    base = Optional.of(found);
    return found;
  }
}
