using System.Globalization;
using System.Text;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>A record of a CSV text and the number of its first line.</summary>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// CSV according to RFC 4180: quoted fields may contain commas, line ends and doubled quotes. Lines may end in LF alone; lines without any text are skipped.
/// COMPAT(Excel): where the decimal sign is a comma it separates fields by semicolons, as the first line shows, or a line <c>sep=;</c> before it.
/// </summary>
internal static class UserCsv
{
    private const int MaxFieldLength = 4096;

    // Not every reader takes it away, standard input's does not.
    private const char ByteOrderMark = '\ufeff';

    /// <summary>The records, one at a time; throws <see cref="AccountException"/> naming the line.</summary>
    public static IEnumerable<CsvRecord> Read(TextReader text)
    {
        var at = new Position(text);
        // All of them until the first is met.
        var separators = ",;\t";
        while (at.Peek() >= 0)
        {
            var line = at.Line;
            var fields = new List<string> { ReadField(at, separators) };
            var isFirst = separators.Length > 1;
            if (isFirst && at.IsAtAny(separators)) separators = ((char)at.Peek()).ToString();
            if (isFirst && fields is ["sep="] && at.TryTake(separators[0]) && at.TryTakeLineEnd()) continue;
            while (at.TryTake(separators[0])) fields.Add(ReadField(at, separators));
            if (!at.TryTakeLineEnd()) throw Bad(at.Line, "a quoted field is followed by more text.");
            if (!fields.TrueForAll(string.IsNullOrWhiteSpace)) yield return new CsvRecord(line, fields);
        }
    }

    private static string ReadField(Position at, string separators)
    {
        var start = at.Line;
        var field = new StringBuilder();
        if (!at.TryTake('"'))
        {
            while (at.Peek() is not (< 0 or '\r' or '\n') && !at.IsAtAny(separators))
            {
                if (at.Peek() == '"') throw Bad(at.Line, "a quote stands inside a field that is not quoted.");
                Append(field, at.Take(), start);
            }
            return field.ToString();
        }
        while (true)
        {
            if (at.Peek() < 0) throw Bad(start, "a quoted field does not end.");
            var c = at.Take();
            if (c == '"' && !at.TryTake('"')) return field.ToString();
            Append(field, c, start);
        }
    }

    private static void Append(StringBuilder field, char c, int line)
    {
        if (field.Length == MaxFieldLength)
        {
            throw Bad(line, string.Create(CultureInfo.InvariantCulture, $"a field is longer than {MaxFieldLength} characters."));
        }
        field.Append(c);
    }

    private static AccountException Bad(int line, string what) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {what}"));

    /// <summary>The current position. Looks ahead by reading: peeking at a slow pipe may report its end too early.</summary>
    private sealed class Position
    {
        private readonly TextReader text;
        private int next;

        public Position(TextReader text)
        {
            this.text = text;
            next = text.Read();
            if (next == ByteOrderMark) next = text.Read();
        }

        public int Line { get; private set; } = 1;

        public int Peek() => next;

        public bool IsAtAny(string wanted) => next >= 0 && wanted.Contains((char)next, StringComparison.Ordinal);

        public char Take()
        {
            var c = (char)next;
            if (c == '\n') Line++;
            next = text.Read();
            return c;
        }

        public bool TryTake(char wanted)
        {
            if (next != wanted) return false;
            Take();
            return true;
        }

        public bool TryTakeLineEnd()
        {
            var hasReturn = TryTake('\r');
            return TryTake('\n') || hasReturn || next < 0;
        }
    }
}
