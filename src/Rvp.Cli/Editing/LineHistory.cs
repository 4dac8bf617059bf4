namespace Rvp.Cli.Editing;

/// <summary>The lines that were entered, while the program runs; the line that is being written waits at the end.</summary>
internal sealed class LineHistory
{
    private const int MaxLines = 500;

    private readonly List<string> lines = [];
    private string draft = "";
    private int at;

    /// <summary>Keeps a line that was entered; the next look back begins there.</summary>
    public void Add(string line)
    {
        if (line.Length > 0 && (lines.Count == 0 || lines[^1] != line)) lines.Add(line);
        if (lines.Count > MaxLines) lines.RemoveAt(0);
        at = lines.Count;
    }

    /// <summary>The line before; null at the first one.</summary>
    public string? Earlier(string current)
    {
        if (at == 0) return null;
        if (at == lines.Count) draft = current;
        return lines[--at];
    }

    /// <summary>The line after, at last the one that was being written; null there.</summary>
    public string? Later()
    {
        if (at == lines.Count) return null;
        return ++at == lines.Count ? draft : lines[at];
    }
}
