using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rvp.Cli.Editing;

namespace Rvp.Cli;

/// <summary>
/// Standard output where it is a pipe. The base library's Console goes on without a word when nobody reads it any more, and on Windows it writes pipes and
/// files in a code page of the eighties.
/// </summary>
internal static class OutputPipe
{
    private const int Output = 1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether writing failed since the reader is gone. [EPIPE; on Windows ERROR_BROKEN_PIPE, ERROR_NO_DATA]</summary>
    public static bool IsBroken(IOException e) => e.HResult is 32 or unchecked((int)0x8007006D) or unchecked((int)0x800700E8);

    /// <summary>Standard output; a pipe whose reader is gone throws.</summary>
    public static TextWriter Open()
    {
        // Two programs that write to one file need the system's own place in it, which Console keeps.
        if (IsPipe(out var pipe)) return WriterTo(pipe);
        return OperatingSystem.IsWindows() && Console.IsOutputRedirected ? WriterTo(Console.OpenStandardOutput()) : Console.Out;
    }

    /// <summary>Standard input, which is UTF-8 where it comes from a program or a file.</summary>
    public static TextReader OpenInput() =>
        OperatingSystem.IsWindows() && Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), Utf8) : Console.In;

    /// <summary>Calls this when nobody reads standard output any more, also while nothing is written: not on Windows, which tells it to who writes.</summary>
    public static void WhenReaderIsGone(Action action)
    {
        if (OperatingSystem.IsWindows() || !IsPipe(out _)) return;
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
        if (!Console.IsOutputRedirected) return false;
        try
        {
            var file = OperatingSystem.IsWindows() ? WindowsScreen.Output : Output;
            pipe = new FileStream(new SafeFileHandle(file, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return !pipe.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false; // Closed.
        }
    }

    private static StreamWriter WriterTo(Stream stream) => new(stream, Utf8) { AutoFlush = true };

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
