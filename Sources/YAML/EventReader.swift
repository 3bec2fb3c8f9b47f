internal import CLibYAML

/// A position in a text as libyaml counts it: from 0, columns in Unicode scalars.
struct Mark: Equatable {
  var line: Int32
  var column: Int32

  init(_ mark: yaml_mark_t) {
    line = Int32(clamping: mark.line)
    column = Int32(clamping: mark.column)
  }
}

/// What libyaml reports of a text, in the text's order.
enum Event {
  /// The tag and the anchor of a node.
  struct Properties {
    var anchor: String?
    var tag: String?
  }

  case streamStart
  case streamEnd
  case documentStart
  case documentEnd
  case alias(String)
  case scalar(String, isPlain: Bool, Properties)
  case sequenceStart(Properties)
  case sequenceEnd
  case mappingStart(Properties)
  case mappingEnd
}

/// Owns one `yaml_parser_t`, which reads a text that is lent for as long.
struct EventReader: ~Copyable {
  /// On the heap, as the parser keeps its own address.
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  /// Where the event that `next` gave last starts and ends.
  private(set) var start = Mark(yaml_mark_t())
  private(set) var end = Mark(yaml_mark_t())

  /// Starts reading `text`: UTF-8, without a byte order mark; it must outlive the reader.
  init(_ text: UnsafeBufferPointer<UInt8>) throws(SyntaxProblem) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      throw SyntaxProblem("out of memory", at: Mark(yaml_mark_t()))
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event; not to be called again after `streamEnd` or a throw.
  mutating func next() throws(SyntaxProblem) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { yaml_event_delete(&event) }
    start = Mark(event.start_mark)
    end = Mark(event.end_mark)
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return .scalar(
        text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, Self.properties(scalar.anchor, scalar.tag))
    case YAML_SEQUENCE_START_EVENT:
      return .sequenceStart(Self.properties(event.data.sequence_start.anchor, event.data.sequence_start.tag))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      return .mappingStart(Self.properties(event.data.mapping_start.anchor, event.data.mapping_start.tag))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return .streamEnd
    }
  }

  private func problem() -> SyntaxProblem {
    let parser = self.parser.pointee
    return SyntaxProblem(
      parser.problem.map { String(cString: $0) } ?? "out of memory",
      context: parser.context.map { String(cString: $0) },
      at: Mark(parser.problem_mark),
      contextMark: parser.context == nil ? nil : Mark(parser.context_mark))
  }

  private static func properties(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?
  ) -> Event.Properties {
    Event.Properties(anchor: text(anchor), tag: text(tag))
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
