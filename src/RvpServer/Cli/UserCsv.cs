using System.Globalization;
using System.Text;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>A record of a CSV text and the number of its first line.</summary>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// CSV according to RFC 4180: quoted fields may contain commas, line ends and doubled quotes. Lines may end in LF alone; blank lines are skipped.
/// </summary>
internal static class UserCsv
{
    private const int MaxFieldLength = 4096;

    /// <summary>The records, one at a time; throws <see cref="AccountException"/> naming the line.</summary>
    public static IEnumerable<CsvRecord> Read(TextReader text)
    {
        var at = new Position(text);
        while (at.Peek() >= 0)
        {
            var line = at.Line;
            var fields = new List<string>();
            do fields.Add(ReadField(at));
            while (at.TryTake(','));
            if (!at.TryTakeLineEnd()) throw Bad(at.Line, "a quoted field is followed by more text.");
            if (fields is not [""]) yield return new CsvRecord(line, fields);
        }
    }

    private static string ReadField(Position at)
    {
        var start = at.Line;
        var field = new StringBuilder();
        if (!at.TryTake('"'))
        {
            while (at.Peek() is not (< 0 or ',' or '\r' or '\n'))
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
    private sealed class Position(TextReader text)
    {
        private int next = text.Read();

        public int Line { get; private set; } = 1;

        public int Peek() => next;

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
