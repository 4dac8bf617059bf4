using RvpServer.Fuzz.Targets;

namespace RvpServer.Fuzz;

/// <summary>A reader of what strangers write, and what must be true of it whatever they write.</summary>
/// <param name="Name">As on the command line; the corpus is <c>Corpora/NAME.txt</c>.</param>
/// <param name="Read">Reads one input. What it throws is a finding: it catches what the reader is documented to throw.</param>
/// <param name="Tokens">Pieces that random bytes would hardly become, written as in a corpus.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read, IReadOnlyList<string> Tokens)
{
    /// <summary>So many changed inputs in the short run; fewer for what takes a socket.</summary>
    public int Rounds { get; init; } = 3_000;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } =
        ((FuzzTarget[])[.. XmlTargets.All, .. NameTargets.All, .. HeaderTargets.All, .. ProofTargets.All, .. DirectoryTargets.All, .. ClientTargets.All])
            .ToDictionary(target => target.Name);
}
