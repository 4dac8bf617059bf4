namespace RvpServer.Configuration;

/// <summary>
/// Mistakes found in a configuration, one line each: key, value, how to fix it. A key has one mistake, and a mistake in a key hides those that only follow from
/// it.
/// </summary>
internal sealed class Mistakes
{
    private readonly List<(string Key, string Line)> found = [];

    public IReadOnlyList<string> Lines => [.. found.Select(m => m.Line)];

    /// <summary>An invalid value.</summary>
    public void Add(string key, object? value, string cure) => AddLine(key, value is null ? $"{key} is null: {cure}" : $"{key} is \"{value}\": {cure}");

    /// <summary>A required key is missing.</summary>
    public void AddMissing(string key, string cure) => AddLine(key, $"{key} is missing: {cure}");

    /// <summary>An unknown key.</summary>
    public void AddUnknown(string key, string cure) => AddLine(key, $"{key} is no key of this server: {cure}");

    private void AddLine(string key, string line)
    {
        if (!found.Exists(m => IsWithin(key, m.Key) || IsWithin(m.Key, key))) found.Add((key, line.ReplaceLineEndings(" ")));
    }

    private static bool IsWithin(string key, string other) =>
        key.StartsWith(other, StringComparison.OrdinalIgnoreCase) && (key.Length == other.Length || key[other.Length] == ':');
}

/// <summary>The configuration cannot be used; each line is for the administrator.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines { get; } = lines;
}
