package io.jcompose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks in Java are compiled when they are run; they go on fitting what they measure. */
class BenchmarksTest {
  @TempDir Path out;

  @Test
  void theyCompile() throws Exception {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("src/bench/java"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    assertThat(sources).isNotEmpty();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-proc:none", "-d", out.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled = compiler.getTask(said, files, null, options, null, files.getJavaFileObjectsFromPaths(sources)).call();
      assertThat(compiled).as(said.toString()).isTrue();
    }
  }
}
