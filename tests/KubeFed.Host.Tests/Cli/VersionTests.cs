namespace KubeFed.Host.Tests.Cli;

/// <summary>cli.md section 8.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task Version_prints_the_struct_that_scripts_cut_apart()
    {
        var run = await KubefedRun.Of("version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            """^kubefedctl version: version\.Info\{Version:"v\d+\.\d+\.\d+[^"]*", """
                + """GitCommit:"[^"]+", GitTreeState:"[^"]+", BuildDate:"[^"]+", """
                + """GoVersion:"[^"]+", Compiler:"[^"]+", Platform:"[a-z]+/[a-z0-9]+"\}\n$""",
            run.Out);
    }
}
