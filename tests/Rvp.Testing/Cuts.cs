using System.Diagnostics;
using System.Globalization;

namespace Rvp.Testing;

/// <summary>
/// Cuts between processes on loopback, as a broken cable makes them: packets are lost, in both directions, and nobody is told. Each process has a group of its
/// own, by which the kernel marks the connections that it opens, and nftables loses what belongs to them, by mark and port. Takes root.
/// </summary>
internal sealed class Cuts : IAsyncDisposable
{
    private readonly string table;

    private Cuts(string table) => this.table = table;

    /// <summary>Begins to mark connections: processes are to be started later. Removes what a run that was broken off has left.</summary>
    /// <param name="number">Makes its name unique in this process.</param>
    public static async Task<Cuts> MakeAsync(int number)
    {
        // Not skipped: a run without these tests must not count as passed.
        if (Environment.UserName != "root") throw new InvalidOperationException("Processes are cut off by nftables: run these tests as root.");
        foreach (var line in (await RunAsync("list tables inet")).Split('\n'))
            if (line.Split(' ') is ["table", "inet", var name] && Ownership.IsOrphan(name)) await RunAsync($"delete table inet {name}");
        var cuts = new Cuts(string.Create(CultureInfo.InvariantCulture, $"{Ownership.Prefix}{number}"));
        // What comes in is lost, not what goes out, of which a sender would be told.
        await RunAsync($$"""
            table inet {{cuts.table}} {
              chain opened {
                type filter hook output priority 0
              }
              chain cut {
              }
              chain lose {
                type filter hook input priority 0
                jump cut
              }
            }
            """);
        return cuts;
    }

    /// <summary>From now on what a process of this group opens can be cut.</summary>
    public Task AddAsync(int group) => RunAsync($"add rule inet {table} opened ct mark 0 meta skgid {group} ct mark set {group}");

    /// <summary>Cuts all connections that processes of a group have opened, and will, to some ports.</summary>
    public Task CutFromAsync(int group, params IEnumerable<int> ports) => CutAsync($"ct mark {group} meta l4proto tcp ct original proto-dst {Set(ports)}");

    /// <summary>Cuts all connections that processes of a group have opened, and will.</summary>
    public Task CutFromAllAsync(int group) => CutAsync($"ct mark {group}");

    /// <summary>Cuts all connections to some ports, whoever has opened them.</summary>
    public Task CutToAsync(params IEnumerable<int> ports) => CutAsync($"meta l4proto tcp ct original proto-dst {Set(ports)}");

    /// <summary>Mends all that is cut.</summary>
    public Task MendAsync() => RunAsync($"flush chain inet {table} cut");

    public async ValueTask DisposeAsync() => await RunAsync($"delete table inet {table}");

    private Task<string> CutAsync(string what) => RunAsync($"add rule inet {table} cut {what} drop");

    private static string Set(IEnumerable<int> ports) => $"{{ {string.Join(", ", ports)} }}";

    private static async Task<string> RunAsync(string script)
    {
        var ran = await Ran.OfProcessAsync(new ProcessStartInfo("nft", ["-f", "-"]), script + "\n");
        return ran.Code == 0 ? ran.Out : throw new InvalidOperationException($"nft: {ran.Error}");
    }
}
