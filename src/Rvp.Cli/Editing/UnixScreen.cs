using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>
/// The terminal of this process on Unix, by the system's own calls: the base library's Console takes keys letter by letter and garbles those that come byte by
/// byte.
/// </summary>
/// <param name="isError">Whether it shows on standard error what it writes, so that standard output is for results alone.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixScreen(bool isError) : IScreen
{
    private const int Input = 0;
    private const int WhenWritten = 1; // TCSADRAIN
    private const int Interrupted = 4; // EINTR
    private const int AttributesLength = 256; // Larger than struct termios anywhere; only the system looks into it.

    public int Columns => Math.Max(1, Console.WindowWidth);

    public int Rows => Math.Max(1, Console.WindowHeight);

    public IDisposable TakeKeys(bool isWhole, Action changed)
    {
        var before = new byte[AttributesLength];
        if (GetAttributes(Input, before) != 0) throw new FailedException("The terminal cannot be read.");
        return new Taken(this, before, isWhole, changed);
    }

    public int Read(Span<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        nint length;
        do length = Read(Input, bytes, bytes.Length);
        while (length < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (length <= 0) return 0;
        bytes.AsSpan(0, (int)length).CopyTo(buffer);
        return (int)length;
    }

    // A terminal that is gone shows nothing more, and nobody misses it.
    public void Write(string text)
    {
        var rest = Encoding.UTF8.GetBytes(text);
        while (rest.Length > 0)
        {
            var written = Write(isError ? 2 : 1, rest, rest.Length);
            if (written > 0) rest = rest[(int)written..];
            else if (written == 0 || Marshal.GetLastPInvokeError() != Interrupted) return;
        }
    }

    // To all processes of the foreground, as the terminal itself does it.
    public void Suspend() => _ = Kill(0, OperatingSystem.IsLinux() ? 20 : 18);

    /// <summary>The keys are ours until this is disposed.</summary>
    private sealed class Taken : IDisposable
    {
        private readonly UnixScreen screen;
        private readonly byte[] before;
        private readonly bool isWhole;
        private readonly IDisposable[] signals;
        private int isGivenBack;

        public Taken(UnixScreen screen, byte[] before, bool isWhole, Action changed)
        {
            (this.screen, this.before, this.isWhole) = (screen, before, isWhole);
            Take();
            signals =
            [
                PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()),
                PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => GiveBack()),
                PosixSignalRegistration.Create(PosixSignal.SIGCONT, signal =>
                {
                    signal.Cancel = true; // Or the base library puts back what it thinks the terminal was like.
                    Take();
                    changed();
                }),
            ];
            // However the program ends, the shell after it finds its terminal as it was.
            AppDomain.CurrentDomain.ProcessExit += OnExit;
        }

        public void Dispose()
        {
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            foreach (var signal in signals) signal.Dispose();
            if (Interlocked.Exchange(ref isGivenBack, 1) == 0) GiveBack();
        }

        private void OnExit(object? sender, EventArgs e) => Dispose();

        private void Take()
        {
            var raw = before.ToArray();
            MakeRaw(raw);
            _ = SetAttributes(Input, WhenWritten, raw);
            screen.Write(TerminalModes.Take(isWhole));
        }

        private void GiveBack()
        {
            screen.Write(TerminalModes.GiveBack(isWhole));
            _ = SetAttributes(Input, WhenWritten, before);
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAttributes(int file, [Out] byte[] attributes);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttributes(int file, int when, byte[] attributes);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void MakeRaw([In, Out] byte[] attributes);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int file, [Out] byte[] buffer, nint length);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int file, byte[] buffer, nint length);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
