package io.jcompose.image;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test, waits for stores to have got to the disk: the temporary folder of the test is deleted next, and
 * must not get a file meanwhile.
 */
public final class StoreSyncExtension implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    for (Thread thread : threads()) {
      if (thread.getName().equals(StoreSync.THREAD)) {
        thread.join();
      }
    }
  }

  private static List<Thread> threads() {
    Thread[] all = new Thread[2 * Thread.activeCount() + 64];
    Thread.enumerate(all);
    return Arrays.stream(all).filter(Objects::nonNull).toList();
  }
}
