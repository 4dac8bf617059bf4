using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>The W3C extended log of requests.</summary>
internal sealed record ProtocolLogOptions
{
    // On, as with Internet Information Services.
    public bool Enabled { get; init; } = true;

    /// <summary>Where its files lie.</summary>
    // Beside the data, not in it: logs are thrown away, data is backed up.
    public string Directory { get; init; } = "logs";

    /// <summary>Files of at most 16 MB that are kept; older ones are deleted.</summary>
    // Half a gigabyte at most: some days of a busy server.
    [Range(1, 10_000)]
    public int RetainedFiles { get; init; } = 32;
}
