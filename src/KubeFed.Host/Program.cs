using KubeFed.Host.Cli;

var environment = new HostEnvironment
{
    Out = Console.Out,
    Error = Console.Error,
    In = Console.In,
    Interactive = !Console.IsOutputRedirected,
    Width = Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 80, 120),
};
// What is thrown on a thread that no command waits for would end the process with a stack dump.
AppDomain.CurrentDomain.UnhandledException += (_, thrown) =>
    Environment.Exit(Guard.Tell(environment, (Exception)thrown.ExceptionObject, verbosity: 0));
return await KubefedCommandLine.RunAsync(args, environment, CancellationToken.None);
