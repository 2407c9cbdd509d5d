package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.Timeline.Span;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class TimelineSvgTest {
  private static final long MILLI = 1_000_000;

  private static Document parsed(List<Span> spans, List<Span> decisive) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(new TimelineSvg(spans, decisive).toString())));
  }

  @Test
  void drawsABarForEachStepAndFramesThoseThatDecided() throws Exception {
    Span create = new Span(1, "create", "container", "a<b>&\"c\"\n", 0, 20 * MILLI, false, List.of());
    Span start = new Span(2, "start", "container", "web", 20 * MILLI, 1500 * MILLI, true, List.of(1));
    Document picture = parsed(List.of(create, start), List.of(start));
    // The first rectangle is the background.
    assertThat(picture.getElementsByTagName("rect").getLength()).isEqualTo(3);
    assertThat(picture.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("create container a<b>&\"c\"\\n, 20 ms");
    assertThat(picture.getElementsByTagName("rect").item(1).getAttributes().getNamedItem("stroke")).isNull();
    assertThat(picture.getElementsByTagName("rect").item(2).getAttributes().getNamedItem("stroke")).isNotNull();
    assertThat(picture.getElementsByTagName("title").item(1).getTextContent()).endsWith("1.48 s, failed");
  }

  @Test
  void nothingDoneIsAPictureToo() throws Exception {
    assertThat(parsed(List.of(), List.of()).getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(TimelineSvg.chain(List.of())).isEmpty();
  }

  @Test
  void theChainIsOneLine() {
    Span pull = new Span(1, "pull", "image", "db", 0, 2100 * MILLI, false, List.of());
    Span start = new Span(2, "start", "container", "db-1", 2100 * MILLI, 2103 * MILLI, false, List.of(1));
    assertThat(TimelineSvg.chain(List.of(pull, start)))
        .isEqualTo("pull image db 2.10 s → start container db-1 3.0 ms");
  }
}
