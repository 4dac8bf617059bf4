using System.Globalization;
using System.Text;
using Rvp.Testing;

namespace RvpServer.Fuzz;

/// <summary>Inputs that reach different parts of a reader: a line for each, visible ASCII as it is, everything else escaped as in C.</summary>
internal static class CorpusFile
{
    /// <summary>Longer inputs are not kept: they reach nothing more.</summary>
    public const int MaxInput = 1_000;

    private const int MaxKept = 8_000;

    // What is above it was written by hand: examples, and what was found.
    private const string Kept = "# kept by tests/fuzz";

    private static string Folder => Repository.PathOf("tests/RvpServer.Fuzz/Corpora");

    /// <summary>The inputs of a target.</summary>
    public static IReadOnlyList<byte[]> Load(FuzzTarget target) =>
        [.. File.ReadLines(PathOf(target)).Where(line => line.Length > 0 && line[0] != '#').Select(Read)];

    /// <summary>Replaces what an earlier run has kept; the shortest, and no more than a repository should carry.</summary>
    public static int Keep(FuzzTarget target, IEnumerable<byte[]> inputs)
    {
        var byHand = File.ReadLines(PathOf(target)).TakeWhile(line => line != Kept).ToList();
        var room = MaxKept;
        var kept = inputs.Where(input => input.Length is > 0 and <= MaxInput).Select(Write).Except(byHand).OrderBy(line => line.Length)
            .TakeWhile(line => (room -= line.Length) > 0).Order(StringComparer.Ordinal).ToList();
        File.WriteAllText(PathOf(target), string.Concat(byHand.Append(Kept).Concat(kept).Select(line => line + "\n")));
        return kept.Count;
    }

    /// <summary>A line of the file.</summary>
    public static string Write(byte[] input)
    {
        var text = new StringBuilder(input.Length + 16);
        for (var i = 0; i < input.Length; i++)
        {
            var isAtEdge = i == 0 || i == input.Length - 1;
            text.Append(input[i] switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                // A line of them would be a comment, or lose its end in an editor.
                (byte)' ' or (byte)'#' when isAtEdge => Hex(input[i]),
                >= 0x20 and < 0x7F and var plain => ((char)plain).ToString(),
                var other => Hex(other),
            });
        }
        return text.ToString();
    }

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static byte[] Read(string line)
    {
        var bytes = new List<byte>(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes.Add((byte)line[i]);
                continue;
            }
            switch (line[++i])
            {
                case 'n': bytes.Add((byte)'\n'); break;
                case 'r': bytes.Add((byte)'\r'); break;
                case 't': bytes.Add((byte)'\t'); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case 'x':
                    bytes.Add(byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                default: throw new FormatException($"No such escape: \\{line[i]} in {line}");
            }
        }
        return [.. bytes];
    }

    private static string PathOf(FuzzTarget target) => Path.Combine(Folder, target.Name + ".txt");

    private static string Hex(byte value) => "\\x" + value.ToString("X2", CultureInfo.InvariantCulture);
}
