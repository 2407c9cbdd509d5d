package io.jcompose.build;

import io.jcompose.image.BlobMark;
import io.jcompose.image.BlobPrefix;
import io.jcompose.image.BlobStore;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The tar of a layer, that is written as a blob. As long as its members are those of a former layer, nothing of them is
 * read or hashed: the former blob is copied up to the last mark before the first difference, and SHA-256 goes on from
 * the state that it had there.
 */
final class LayerTar implements LayerMembers, AutoCloseable {
  /** A layer that was written. */
  record Written(Descriptor blob, List<Mark> marks) {}

  /**
   * A place between two members.
   *
   * @param members how many come before it
   * @param headers digest of their headers
   */
  record Mark(int members, Digest headers, BlobMark place) {}

  /**
   * A layer that another one may begin as.
   *
   * @param isSame whether the file of that path has in the other one the content that it has in this one, and no
   *     extended attributes
   */
  record Former(Written written, Predicate<String> isSame) {
    /** Begins the other one's blob; null if this one's is gone, or has no marks. */
    BlobPrefix begin(BlobStore blobs) throws IOException {
      List<Mark> marks = written.marks();
      return marks.isEmpty() ? null : blobs.begin(written.blob().digest(), marks.getLast().place().offset()).orElse(null);
    }
  }

  /** {@code path} is null for a member without content. */
  private record Member(TarEntry entry, byte[] header, String path) {}

  /** Bytes between marks, at least: hashed in 2 ms. */
  private static final long INTERVAL = 4L << 20;

  /** With more marks than these every second one is dropped. */
  private static final int MOST_MARKS = 128;

  private final BlobStore blobs;
  private final Fd tree;
  private final Optional<BlobPrefix> begun;
  private final Predicate<String> isSame;
  private final Deque<Mark> ahead = new ArrayDeque<>();
  private final List<Mark> marks = new ArrayList<>();
  private final MessageDigest headers = Digest.sha256();
  private int members;
  private long interval = INTERVAL;

  /** Members since the last mark, while all are the former layer's. */
  private final List<Member> pending = new ArrayList<>();

  /** Null while all members are the former layer's. */
  private BlobWriter blob;

  private BufferedOutputStream buffered;
  private TarWriter tar;
  private TarMembers files;

  /** Bytes since the last mark, but for padding. */
  private long unmarked;

  /**
   * @param tree has the files of the layer
   * @param begun the blob that {@code former} has begun, which is the caller's; without it the whole layer is written
   */
  LayerTar(BlobStore blobs, Fd tree, Optional<Former> former, Optional<BlobPrefix> begun) throws IOException {
    this.blobs = blobs;
    this.tree = tree;
    this.begun = begun;
    this.isSame = former.map(Former::isSame).orElse(_ -> false);
    if (begun.isPresent()) {
      ahead.addAll(former.orElseThrow().written().marks());
    } else {
      write();
    }
  }

  @Override
  public void add(TarEntry entry) throws IOException {
    add(new Member(entry, TarWriter.header(entry), null), null);
  }

  @Override
  public void add(TarEntry entry, String path, Supplier<Fd> content) throws IOException {
    add(new Member(entry, TarWriter.header(entry), path), content);
  }

  private void add(Member member, Supplier<Fd> content) throws IOException {
    if (blob == null) {
      follow(member);
    } else {
      mark();
      count(member);
      write(member, content);
    }
  }

  private void count(Member member) {
    headers.update(member.header());
    members++;
  }

  /** Sees whether the member is the former layer's next one. */
  private void follow(Member member) throws IOException {
    count(member);
    pending.add(member);
    Mark next = ahead.getFirst();
    boolean same = member.path() == null || isSame.test(member.path());
    if (same && members == next.members()) {
      same = headersSoFar().equals(next.headers());
      if (same) {
        marks.add(ahead.removeFirst());
        pending.clear();
      }
    }
    if (!same || ahead.isEmpty()) {
      write();
    }
  }

  private Digest headersSoFar() {
    return Digest.finish(Digest.copy(headers));
  }

  /** From here on members are written, those first that no mark lies behind. */
  private void write() throws IOException {
    if (!marks.isEmpty()) {
      blob = begun.orElseThrow().upTo(marks.getLast().place());
    } else {
      if (begun.isPresent()) {
        begun.get().close(); // it would take room and time for nothing
      }
      blob = blobs.write();
    }
    buffered = new BufferedOutputStream(blob, 1 << 17);
    tar = new TarWriter(buffered);
    files = new TarMembers(tar);
    for (Member member : pending) {
      write(member, member.path() == null ? null : () -> LayerDiff.open(tree, RawPath.bytes(member.path())));
    }
    pending.clear();
  }

  private void write(Member member, Supplier<Fd> content) throws IOException {
    tar.begin(member.entry(), member.header());
    if (content != null) {
      files.write(content);
    }
    unmarked += member.header().length + member.entry().size();
  }

  /** Sets a mark behind the members so far, unless the last one is near. */
  private void mark() throws IOException {
    if (unmarked >= interval) {
      tar.finishMember();
      buffered.flush();
      marks.add(new Mark(members, headersSoFar(), blob.mark()));
      unmarked = 0;
      if (marks.size() > MOST_MARKS) {
        thin();
      }
    }
  }

  private void thin() {
    for (int i = marks.size() - 2; i >= 0; i -= 2) {
      marks.remove(i);
    }
    interval *= 2;
  }

  /** Ends the tar and stores the blob, with a claim. */
  Written commit() throws IOException {
    if (blob == null) {
      write();
    }
    tar.close();
    return new Written(blob.commit(MediaTypes.OCI_LAYER), List.copyOf(marks));
  }

  @Override
  public void close() throws IOException {
    if (blob != null) {
      blob.close();
    }
  }
}
