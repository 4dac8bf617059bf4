using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rvp.Cli;

/// <summary>Standard output where it is a pipe. The base library's Console goes on without a word when nobody reads it any more.</summary>
internal static class OutputPipe
{
    /// <summary>What writing fails with when the reader is gone. [EPIPE]</summary>
    public const int IsBroken = 32;

    private const int Output = 1;

    /// <summary>Standard output; a pipe whose reader is gone throws.</summary>
    public static TextWriter Open()
    {
        // Two programs that write to one file need the system's own place in it, which Console keeps.
        if (!IsPipe(out var pipe)) return Console.Out;
        return new StreamWriter(pipe, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    /// <summary>Calls this when nobody reads standard output any more, also while nothing is written.</summary>
    public static void WhenReaderIsGone(Action action)
    {
        if (!IsPipe(out _)) return;
        _ = Task.Factory.StartNew(
            () =>
            {
                var waiting = new Waiting { File = Output };
                while (Wait(ref waiting, 1, -1) <= 0)
                {
                    // A signal came between.
                }
                action();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static bool IsPipe(out FileStream pipe)
    {
        pipe = null!;
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return false;
        try
        {
            pipe = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return !pipe.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false; // Closed.
        }
    }

    // Without an event asked for, only the end of the other side is told. [poll(2)]
    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(ref Waiting waiting, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Waiting
    {
        public int File;
        public short Asked;
        public short Answered;
    }
}
