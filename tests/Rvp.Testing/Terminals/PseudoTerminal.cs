using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rvp.Testing.Terminals;

/// <summary>A terminal of the system with a program in it, as a window has one.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    // For reading and writing, not the terminal of this process, and nothing that programs started here get. [O_RDWR, O_NOCTTY, O_CLOEXEC]
    private const int ForThisProcess = 2 | 0x100 | 0x80000;
    private const int ForAWhile = 20;
    private const short Readable = 1; // POLLIN

    private readonly SafeFileHandle handle;
    private readonly FileStream stream;
    private readonly string path;
    // While somebody has it open, reading does not end between two programs.
    private readonly SafeFileHandle inside;
    private readonly Task showing;
    private Process? process;
    private volatile bool isClosed;

    public PseudoTerminal(int columns = 60, int rows = 12)
    {
        Emulator = new Emulator(columns, rows);
        handle = Open(ForThisProcess);
        var name = new byte[64];
        if (handle.IsInvalid || Unlock(handle) != 0 || NameOf(handle, name, name.Length) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        path = Encoding.ASCII.GetString(name).TrimEnd('\0');
        stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
        inside = Open(path, ForThisProcess);
        using (var sizing = Sizing(columns, rows)) sizing.WaitForExit();
        showing = Task.Factory.StartNew(Show, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Emulator Emulator { get; }

    public int ProcessId => process!.Id;

    /// <summary>Starts a program whose terminal this is.</summary>
    public void Start(IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var script = $"exec <>{path} >&0 2>&0; exec \"$@\"";
        var start = new ProcessStartInfo("setsid", ["sh", "-c", script, "sh", .. command]) { RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["TERM"] = "xterm-256color";
        process = Process.Start(start)!;
    }

    public void Types(byte one) => stream.Write([one]);

    public void Types(string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush();
    }

    /// <summary>Waits until this can be seen.</summary>
    public Task Shows(string text) => Deadline.Until(
        () => Emulator.Shown.Contains(text, StringComparison.Ordinal), text, () => Emulator.All, TimeSpan.FromSeconds(ForAWhile));

    /// <summary>Waits until the cursor's row is this, the cursor being the bar.</summary>
    public Task ShowsCursor(string row, TimeSpan? within = null) => Deadline.Until(
        () => Emulator.CursorRow == row, row, () => Emulator.CursorRow + "\nin\n" + Emulator.All, within ?? TimeSpan.FromSeconds(ForAWhile));

    /// <summary>How the system treats what is typed.</summary>
    public async Task<string> Attributes() => await Ran.OfProcessAsync(new ProcessStartInfo("stty", ["-F", path, "-a"])) is { Code: 0 } ran
        ? string.Join(' ', ran.Out.Split([' ', '\n', ';'], StringSplitOptions.RemoveEmptyEntries).Order())
        : throw new InvalidOperationException("stty failed.");

    public async Task Resize(int columns, int rows)
    {
        Emulator.Resize(columns, rows);
        using var sizing = Sizing(columns, rows);
        await sizing.WaitForExitAsync();
    }

    /// <summary>Closes the window.</summary>
    public void HangUp()
    {
        isClosed = true;
        showing.Wait();
        inside.Dispose();
        stream.Dispose();
        handle.Dispose();
    }

    /// <summary>Waits until the program has ended; gives its exit code.</summary>
    public async Task<int> Ends(TimeSpan? within = null)
    {
        await Deadline.Until(() => process!.HasExited, "the program to end", () => Emulator.All, within ?? TimeSpan.FromSeconds(ForAWhile));
        return process!.ExitCode;
    }

    public void Dispose()
    {
        if (process is { HasExited: false }) process.Kill();
        process?.Dispose();
        HangUp();
    }

    private Process Sizing(int columns, int rows) => Process.Start("stty", ["-F", path, "cols", $"{columns}", "rows", $"{rows}"]);

    private void Show()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[4096];
        var characters = new char[4096];
        // A read that waits would keep the terminal open.
        while (!isClosed)
        {
            var waiting = new Waiting { File = (int)handle.DangerousGetHandle(), Asked = Readable };
            if (Wait(ref waiting, 1, 20) <= 0) continue;
            var length = stream.Read(bytes);
            Emulator.Write(new string(characters, 0, decoder.GetChars(bytes, 0, length, characters, 0)));
        }
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open(int flags);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unlock(SafeFileHandle terminal);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NameOf(SafeFileHandle terminal, [Out] byte[] name, nint length);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

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
