namespace Rvp.Cli.Chat;

/// <summary>The last lines of a conversation, and the rows that they take in a window.</summary>
internal sealed class ChatLog
{
    private const int MaxLines = 2000;
    private const int MaxCharacters = 400_000;

    private readonly Queue<(string Line, int Rows)> lines = new();
    private readonly List<string> rows = [];
    private int columns = 80;
    private int characters;

    /// <summary>Adds a line; the first ones go when there are too many.</summary>
    public void Add(string line)
    {
        Append(line);
        while (lines.Count > MaxLines || (characters > MaxCharacters && lines.Count > 1))
        {
            var (first, height) = lines.Dequeue();
            characters -= first.Length;
            rows.RemoveRange(0, height);
        }
    }

    /// <summary>All rows in a window of so many columns.</summary>
    public List<string> Rows(int wanted)
    {
        if (wanted == columns) return rows;
        columns = wanted;
        var all = lines.Select(line => line.Line).ToList();
        lines.Clear();
        rows.Clear();
        characters = 0;
        foreach (var line in all) Append(line);
        return rows;
    }

    private void Append(string line)
    {
        var wrapped = StyledText.Wrap(line, columns);
        lines.Enqueue((line, wrapped.Count));
        rows.AddRange(wrapped);
        characters += line.Length;
    }
}
