using System.Runtime.InteropServices;
using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>
/// The console of this process on Windows, told to speak as other terminals do. By the documentation of Microsoft ("Console Virtual Terminal Sequences",
/// "SetConsoleMode"); the tests run on Linux alone.
/// </summary>
/// <param name="isError">Whether it shows on standard error what it writes.</param>
internal sealed class WindowsScreen(bool isError) : IScreen
{
    private const int InputDevice = -10;
    private const int OutputDevice = -11;
    private const int ErrorDevice = -12;
    private const uint ProcessedLinesAndEcho = 0x7;
    private const uint KeysAsSequences = 0x200;
    // Sequences are understood, and a full row leaves the cursor in it until more comes, as in other terminals.
    private const uint SequencesAndLateWrap = 0x1 | 0x4 | 0x8;
    private const int MostAtOnce = 8000;

    // Of a window's size nothing is told to who reads keys as sequences.
    private static readonly TimeSpan SizeInterval = TimeSpan.FromMilliseconds(300);

    private readonly nint input = GetDevice(InputDevice);
    private readonly nint output = GetDevice(isError ? ErrorDevice : OutputDevice);
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
    private Action changed = () => { };

    public int Columns => Math.Max(1, Console.WindowWidth);

    public int Rows => Math.Max(1, Console.WindowHeight);

    public IDisposable TakeKeys(bool isWhole, Action changed)
    {
        if (!GetMode(input, out var inputBefore) || !GetMode(output, out var outputBefore)) throw new FailedException("The console cannot be read.");
        if (!SetMode(output, outputBefore | SequencesAndLateWrap) || !SetMode(input, (inputBefore & ~ProcessedLinesAndEcho) | KeysAsSequences))
        {
            SetMode(output, outputBefore);
            throw new FailedException("This console knows no sequences: turn off \"Use legacy console\" in its properties.");
        }
        this.changed = changed;
        Write(TerminalModes.Take(isWhole));
        return new Taken(WatchSize(), () =>
        {
            Write(TerminalModes.GiveBack(isWhole));
            SetMode(input, inputBefore);
            SetMode(output, outputBefore);
        });
    }

    public int Read(Span<byte> buffer)
    {
        var characters = new char[buffer.Length / 4];
        int written;
        do
        {
            if (!ReadConsole(input, characters, (uint)characters.Length, out var length, 0) || length == 0) return 0;
            written = encoder.GetBytes(characters.AsSpan(0, (int)length), buffer, flush: false);
        }
        while (written == 0); // Half a character.
        return written;
    }

    // In UTF-16, whatever the console's code page is. A console that is gone shows nothing more.
    public void Write(string text)
    {
        for (var rest = text; rest.Length > 0;)
        {
            var length = Math.Min(rest.Length, MostAtOnce);
            if (length < rest.Length && char.IsHighSurrogate(rest[length - 1])) length--;
            if (!WriteConsole(output, rest, (uint)length, out var written, 0) || written == 0) return;
            rest = rest[(int)written..];
        }
    }

    // Windows has no such thing: what was taken away for it is drawn again.
    public void Suspend() => changed();

    /// <summary>Standard output as a file.</summary>
    public static nint Output => GetDevice(OutputDevice);

    private Timer WatchSize()
    {
        var size = (Columns, Rows);
        return new Timer(_ =>
        {
            var now = (Columns, Rows);
            if (now == size) return;
            size = now;
            changed();
        }, null, SizeInterval, SizeInterval);
    }

    private sealed class Taken : IDisposable
    {
        private readonly Timer size;
        private readonly Action giveBack;
        private int isGivenBack;

        public Taken(Timer size, Action giveBack)
        {
            (this.size, this.giveBack) = (size, giveBack);
            // However the program ends, the shell after it finds its console as it was.
            AppDomain.CurrentDomain.ProcessExit += OnExit;
        }

        public void Dispose()
        {
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            size.Dispose();
            if (Interlocked.Exchange(ref isGivenBack, 1) == 0) giveBack();
        }

        private void OnExit(object? sender, EventArgs e) => Dispose();
    }

    [DllImport("kernel32", EntryPoint = "GetStdHandle")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetDevice(int device);

    [DllImport("kernel32", EntryPoint = "GetConsoleMode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetMode(nint device, out uint mode);

    [DllImport("kernel32", EntryPoint = "SetConsoleMode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetMode(nint device, uint mode);

    [DllImport("kernel32", EntryPoint = "ReadConsoleW", CharSet = CharSet.Unicode)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool ReadConsole(nint device, [Out] char[] buffer, uint length, out uint read, nint control);

    [DllImport("kernel32", EntryPoint = "WriteConsoleW", CharSet = CharSet.Unicode)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool WriteConsole(nint device, string text, uint length, out uint written, nint reserved);
}
