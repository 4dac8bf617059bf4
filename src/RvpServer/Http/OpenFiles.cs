using System.Runtime.InteropServices;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>How many files and connections this process may have open. The runtime has raised it as far as it could; where it is used up, it aborts.</summary>
internal static partial class OpenFiles
{
    /// <summary>What the program, its store and its logs have open themselves, with some to spare: most of them are its assemblies, two for each.</summary>
    private const long Own = 450;

    private const int LinuxNumber = 7;
    private const int MacNumber = 8;

    /// <summary>The settings with no more connections than fit.</summary>
    public static RvpSettings Fit(RvpSettings settings) =>
        Limit() is { } limit && Connections(limit) is var most && most < settings.Limits.MaxConnections
            ? settings with { Limits = settings.Limits with { MaxConnections = most } }
            : settings;

    /// <summary>Says so in the log.</summary>
    public static void Tell(ILogger logger, RvpSettings settings)
    {
        if (Fit(settings) is var fitting && fitting != settings) Log.FewOpenFiles(logger, settings.Limits.MaxConnections, fitting.Limits.MaxConnections);
    }

    // Null where there is no limit.
    private static long? Limit()
    {
        if (OperatingSystem.IsWindows()) return null;
        return Get(OperatingSystem.IsMacOS() ? MacNumber : LinuxNumber, out var limit) == 0 && limit.Current < int.MaxValue ? (long)limit.Current : null;
    }

    // Two thirds of what the program does not need itself; of these, a fifth is for connections that are just being closed. The rest is for those to others.
    private static int Connections(long limit) => (int)Math.Max(1, (limit - Own) * 2 / 3 * 4 / 5);

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Get(int resource, out ResourceLimit limit);

    private static partial class Log
    {
        [LoggerMessage(EventName = "FewOpenFiles", Level = LogLevel.Warning,
            Message = "Rvp:Limits:MaxConnections is {Most} instead of {Configured}: this process may have no more files open (ulimit -n, LimitNOFILE)")]
        public static partial void FewOpenFiles(ILogger logger, int configured, int most);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Current;
        public nuint Most;
    }
}
