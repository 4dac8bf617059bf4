using RvpServer.Admin;
using RvpServer.Administration;
using Serilog.Events;

namespace RvpServer.AdminConsole.Pages;

/// <summary>The last lines of the server's log.</summary>
internal sealed class LogModel(RecentLog log) : ConsolePage
{
    public const int Max = RecentLog.Capacity;

    public string? Level { get; private set; }

    public string? Text { get; private set; }

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public void OnGet(string? level, string? q)
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        (Level, Text) = (level, Typed(q));
        Lines =
        [
            .. log.Lines.Where(line => Level != "warn" || line.Level >= LogEventLevel.Warning)
                .Select(line => line.Text).Where(line => Text is null || line.Contains(Text, StringComparison.OrdinalIgnoreCase)),
        ];
    }
}
