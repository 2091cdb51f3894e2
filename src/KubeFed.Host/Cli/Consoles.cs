using Spectre.Console;

namespace KubeFed.Host.Cli;

/// <summary>Makes the console that tables are written to.</summary>
internal static class Consoles
{
    internal static IAnsiConsole For(HostEnvironment environment)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(environment.Out),
            Ansi = environment.Interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = environment.Interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = environment.Width;
        return console;
    }
}
