using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>The W3C extended log of requests.</summary>
internal sealed record ProtocolLogOptions
{
    // On, as in Internet Information Services.
    public bool Enabled { get; init; } = true;

    /// <summary>The folder of its files.</summary>
    // Next to the data folder, not in it: logs are deleted, data is backed up.
    public string Directory { get; init; } = "logs";

    /// <summary>Number of files kept, of at most 16 MB each; older ones are deleted.</summary>
    // Half a gigabyte at most: some days of a busy server.
    [Range(1, 10_000)]
    public int RetainedFiles { get; init; } = 32;
}
