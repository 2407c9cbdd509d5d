package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyEnvironmentTest {

  @ParameterizedTest
  @CsvSource({
    "https://r.test/v2/, http://secure:3128",
    "http://r.test/v2/, http://plain:3128",
    "https://localhost:5000/v2/,",
    "https://127.3.2.1/v2/,",
    "https://[::1]:5000/v2/,",
    "https://direct.test/v2/,",
    "https://below.direct.test/v2/,",
    "https://notdirect.test/v2/, http://secure:3128",
    "https://a.dotted.test/v2/,",
    "https://10.1.2.3/v2/,",
    "https://11.1.2.3/v2/, http://secure:3128",
    "https://port.test:5000/v2/,",
    "https://port.test/v2/, http://secure:3128",
  })
  void theRightProxyIsTaken(URI address, URI proxy) {
    ProxyEnvironment environment =
        new ProxyEnvironment(
            Map.of(
                "HTTPS_PROXY", "http://secure:3128",
                "http_proxy", "plain:3128",
                "HTTP_PROXY", "http://ignored:1",
                "NO_PROXY", "direct.test, .dotted.test,10.0.0.0/8 port.test:5000"));
    assertThat(environment.proxyFor(address).orElse(null)).isEqualTo(proxy);
  }

  @Test
  void aStarSwitchesProxiesOff() {
    ProxyEnvironment environment =
        new ProxyEnvironment(Map.of("https_proxy", "http://p:1", "no_proxy", "*"));
    assertThat(environment.proxyFor(URI.create("https://r.test"))).isEmpty();
  }

  @Test
  void nonsenseIsSaidToBeSoWithoutThePassword() {
    ProxyEnvironment environment =
        new ProxyEnvironment(Map.of("https_proxy", "socks5://ann:hunter2@p:1"));
    assertThatThrownBy(() -> environment.proxyFor(URI.create("https://r.test")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("https_proxy is not the address of an HTTP proxy")
        .hasMessageNotContaining("hunter2");
  }
}
