namespace RvpServer.Configuration;

/// <summary>Suggests what a mistyped word may have meant.</summary>
internal static class NearMiss
{
    /// <summary>"did you mean X?", or all possible words.</summary>
    /// <param name="typed">What was written.</param>
    /// <param name="known">What could have been written.</param>
    /// <param name="kind">The name of these words, in the plural.</param>
    public static string Cure(string typed, IEnumerable<string> known, string kind)
    {
        var ranked = known.Select(name => (Name: name, Distance: Distance(typed, name))).OrderBy(k => k.Distance).ToArray();
        // Up to a third of the letters may differ; with more it is another word.
        return ranked.Length > 0 && ranked[0].Distance <= Math.Max(1, ranked[0].Name.Length / 3)
            ? $"did you mean {ranked[0].Name}?"
            : $"the {kind} here are " + string.Join(", ", ranked.Select(k => k.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>Number of letters to insert, delete or change (Levenshtein), without case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
