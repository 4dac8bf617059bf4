using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rvp.Client;

/// <summary>The one category under which everything is logged.</summary>
internal static class ClientLog
{
    private const string Category = "Rvp.Client";

    public static ILogger Of(RvpClientOptions options) => options.LoggerFactory?.CreateLogger(Category) ?? NullLogger.Instance;
}
